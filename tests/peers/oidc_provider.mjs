// oidc-provider of npm (certified by the OpenID Foundation) as a peer: one client, people by name, a sign-in page of one
// field. Prints its issuer once it listens. Who signs in as "wang" is subject "sub-wang", preferred_username "wang";
// "wang+mfa" is the same person who has shown a second factor. Each start has a new signing key.
// usage: oidc_provider.mjs PACKAGE_FOLDER HOST PORT CLIENT_ID CLIENT_SECRET ORIGIN...   (origins: where people come from)
import { createServer } from "node:http";
import { generateKeyPairSync, randomUUID } from "node:crypto";
import { pathToFileURL } from "node:url";

const [folder, host, port, clientId, secret, ...origins] = process.argv.slice(2);
const { default: Provider } = await import(pathToFileURL(`${folder}/lib/index.js`).href);

const server = createServer();
await new Promise((ready) => server.listen(Number(port), "127.0.0.1", ready));
const issuer = `http://${host}:${server.address().port}`;
const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });

const provider = new Provider(issuer, {
  clients: [{
    client_id: clientId, client_secret: secret, id_token_signed_response_alg: "ES256",
    redirect_uris: origins.map((origin) => `${origin}/login/provider`),
    post_logout_redirect_uris: origins.map((origin) => `${origin}/login`),
  }],
  jwks: { keys: [{ ...privateKey.export({ format: "jwk" }), kid: randomUUID(), alg: "ES256", use: "sig" }] },
  cookies: { keys: [randomUUID()] },
  pkce: { required: () => true },
  claims: { openid: ["sub", "amr"], profile: ["preferred_username", "name"], email: ["email", "email_verified"] },
  features: {
    devInteractions: { enabled: false },
    rpInitiatedLogout: { enabled: true, logoutSource: (ctx, form) => { ctx.body = page(`${form}<button autofocus type="submit" form="op.logoutForm" value="yes" name="logout">Sign out</button>`); } },
  },
  interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
  findAccount: (_, id) => ({
    accountId: id,
    claims: () => ({
      sub: id, preferred_username: id.replace(/^sub-/, ""), name: "王警官",
      email: `${id.replace(/^sub-/, "")}@id.example`, email_verified: !id.includes("unverified"),
    }),
  }),
  loadExistingGrant: async (ctx) => { // the house's own client: nobody is asked for his consent
    const grant = new ctx.oidc.provider.Grant({ accountId: ctx.oidc.session.accountId, clientId: ctx.oidc.client.clientId });
    grant.addOIDCScope("openid profile email");
    await grant.save();
    return grant;
  },
});

function page(inner) {
  return `<!doctype html><meta charset="utf-8"><title>统一身份认证</title><h1>统一身份认证</h1>${inner}`;
}

async function interact(request, response) {
  if (request.method === "GET") {
    response.setHeader("Content-Type", "text/html; charset=utf-8");
    response.end(page('<form method="post"><input name="login" autofocus><button name="act" value="in">Sign in</button><button name="act" value="no">Cancel</button></form>'));
    return;
  }
  let body = "";
  for await (const part of request) body += part;
  const given = new URLSearchParams(body);
  if (given.get("act") === "no") {
    await provider.interactionFinished(request, response, { error: "access_denied" });
    return;
  }
  const [name, method] = given.get("login").split("+");
  await provider.interactionFinished(request, response, { login: { accountId: `sub-${name}`, amr: method ? ["pwd", method] : ["pwd"], remember: false } });
}

const answer = provider.callback();
server.on("request", (request, response) => {
  if (!request.url.startsWith("/interaction/")) return answer(request, response);
  return interact(request, response).catch((error) => { response.statusCode = 400; response.end(String(error)); });
});
console.log(issuer);
