import type { Context } from "hono";
import { deleteCookie, getCookie, setCookie } from "hono/cookie";
import { StagecraftError } from "../../core/errors.js";
import type { Identity } from "./identity.js";
import type { Tokens } from "./tokens.js";

/** Twelve hours, in seconds. */
const SESSION_S = 12 * 60 * 60;

/** How a request says whose it is: a Bearer token, or the cookie that a browser got for one. */
export interface Sessions {
  /** @throws StagecraftError `token-missing`, `token-unknown` */
  identify(context: Context): Identity;
  /** Gives the browser its cookie. @throws StagecraftError `token-unknown` */
  begin(context: Context, token: string): Identity;
  end(context: Context): void;
}

/** `cookie`: browsers send a cookie to every port of a host, so its name tells servers apart. */
export function sessions(tokens: Tokens, cookie: () => string): Sessions {
  const known = (token: string): Identity => {
    const identity = tokens.identify(token);
    if (identity !== undefined) return identity;
    throw new StagecraftError("token-unknown", "this token is not known here");
  };
  return {
    identify(context) {
      const header = context.req.header("authorization");
      const bearer = header === undefined ? undefined : /^Bearer +(\S+) *$/i.exec(header)?.[1];
      const token = header === undefined ? getCookie(context, cookie()) : bearer;
      if (token !== undefined) return known(token);
      throw new StagecraftError("token-missing", "say who you are: Authorization: Bearer TOKEN", {
        help: "the server prints its token when it starts",
      });
    },
    begin(context, token) {
      const identity = known(token);
      const secure = context.req.header("origin")?.startsWith("https:") ?? false;
      setCookie(context, cookie(), token, { httpOnly: true, sameSite: "Strict", path: "/", maxAge: SESSION_S, secure });
      return identity;
    },
    end(context) {
      deleteCookie(context, cookie(), { path: "/" });
    },
  };
}
