// A real provider of identities for tests. The first line of standard input says, in JSON, which providers there are; the first line of
// standard output says where they answer. It ends with its input.
import { createInterface } from "node:readline";
import { createServer } from "node:http";
import Provider from "oidc-provider";

const start = async ({ client, secret, redirect, people, tokenLife, allInToken }) => {
  const server = createServer();
  await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const provider = new Provider(issuer, {
    clients: [{ client_id: client, client_secret: secret, redirect_uris: [redirect] }],
    scopes: ["openid", "profile", "email", "groups"],
    claims: {
      openid: ["sub"], profile: ["name", "preferred_username", "locale"], email: ["email", "email_verified"], groups: ["groups"],
    },
    // Left as it is, claims are told at the userinfo endpoint only.
    conformIdTokenClaims: !allInToken,
    ...(tokenLife ? { ttl: { IdToken: () => tokenLife } } : {}),
    findAccount: (_, id) => people[id] && { accountId: id, claims: () => ({ sub: id, ...people[id] }) },
  });
  server.on("request", provider.callback());
  return issuer;
};

const lines = createInterface({ input: process.stdin });
lines.once("line", async (line) => {
  console.log(JSON.stringify(await Promise.all(JSON.parse(line).map(start))));
});
lines.on("close", () => process.exit(0));
