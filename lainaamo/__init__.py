"""lainaamo: a reuse warehouse and a lending desk in one."""
