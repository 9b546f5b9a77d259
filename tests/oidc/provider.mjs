// A real OpenID Connect provider for the tests: one client, whoever signs in is who they say.
import http from "node:http";
import { Provider } from "oidc-provider";

const { ISSUER, RETURN_TO, HOME } = process.env;
const provider = new Provider(ISSUER, {
  clients: [
    {
      client_id: "lainaamo",
      client_secret: "a-secret-of-the-tests",
      redirect_uris: [RETURN_TO],
      post_logout_redirect_uris: [HOME],
    },
  ],
  cookies: { keys: ["only-for-tests"] },
  features: { devInteractions: { enabled: true } },
  pkce: { required: () => true },
  findAccount: (_context, id) => ({ accountId: id, claims: () => ({ sub: id }) }),
});
const { hostname, port } = new URL(ISSUER);
http.createServer(provider.callback()).listen(Number(port), hostname, () => console.log("ready"));
