import { afterEach, describe, expect, it } from "vitest";
import { isInternal } from "../../plugins/http/addresses.js";
import { httpGet } from "../../plugins/http/tool.js";
import { effectContext } from "../support/effect-context.js";
import { type HttpServer, serve } from "../support/http-server.js";

let server: HttpServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

const get = (url: string, hosts: string[] = []) => httpGet.run({ url }, effectContext(), { hosts });

describe("an agent's http.get", () => {
  it.each([
    "127.0.0.1",
    "127.8.9.1",
    "10.1.2.3",
    "172.31.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "0.0.0.0",
    "224.0.0.1",
    "255.255.255.255",
    "::1",
    "::",
    "fe80::1",
    "fd00::1",
    "::ffff:127.0.0.1",
    "::ffff:a00:1",
    "64:ff9b::a00:1",
    "2002:7f00:1::",
  ])("takes %s for an address of ours", (address) => {
    expect(isInternal(address)).toBe(true);
  });

  it.each(["93.184.215.14", "172.32.0.1", "8.8.8.8", "2606:4700::1111"])("takes %s for a public one", (address) => {
    expect(isInternal(address)).toBe(false);
  });

  it("reaches nothing of ours by address or name, and asks nothing of it", async () => {
    server = await serve((_, response) => void response.end("secret"));
    const { port } = new URL(server.url);
    for (const host of ["127.0.0.1", "localhost", "[::1]", "2130706433", "0x7f.1", "[::ffff:127.0.0.1]"]) {
      await expect(get(`http://${host}:${port}/`), host).rejects.toMatchObject({ code: "http-private-address" });
    }
    expect(server.seen).toEqual([]);
  });

  it("reaches hosts that are named, and no other host they redirect to", async () => {
    server = await serve(({ url }, response) => {
      if (url === "/away") response.writeHead(302, { location: `http://localhost:${port}/` }).end();
      else response.end("open");
    });
    const { port } = new URL(server.url);
    expect(await get(server.url, ["127.0.0.1"])).toMatchObject({ status: 200, body: "open" });
    expect(await get(server.url, [`127.0.0.1:${port}`])).toMatchObject({ body: "open" });
    await expect(get(server.url, ["127.0.0.1:1"])).rejects.toMatchObject({ code: "http-private-address" });
    await expect(get(`${server.url}/away`, ["127.0.0.1"])).rejects.toMatchObject({ code: "http-private-address" });
  });
});
