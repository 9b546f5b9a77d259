"""What people say of the service: given without a login, answered in fourteen days."""
