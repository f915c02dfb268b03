import { type Identity, permissionsOf } from "../access/identity.js";
import type { Sessions } from "../access/session.js";
import { type Desk, type Route, route } from "../route.js";
import { Session } from "../schema/documents.js";
import { LogIn } from "../schema/requests.js";

const tag = "session";

/** For browsers; programs send `Authorization: Bearer`. */
export function sessionRoutes(sessions: Sessions): readonly Route[] {
  const show = route({
    method: "get",
    path: "/session",
    id: "showSession",
    summary: "Who the token says you are, and what you may do.",
    tag,
    needs: "read",
    answers: { 200: { description: "you", schema: Session } },
    handle: async ({ by }, desk) => ({ body: document(by, desk) }),
  });
  const begin = route({
    method: "post",
    path: "/session",
    id: "beginSession",
    summary: "A token for a cookie that scripts cannot read.",
    tag,
    needs: null,
    body: LogIn,
    answers: { 200: { description: "you", schema: Session } },
    handle: async ({ body, context }, desk) => ({ body: document(sessions.begin(context, body.token), desk) }),
  });
  const end = route({
    method: "delete",
    path: "/session",
    id: "endSession",
    summary: "Forget the cookie.",
    tag,
    needs: null,
    answers: { 204: { description: "forgotten" } },
    async handle({ context }) {
      sessions.end(context);
      return { body: null };
    },
  });
  return [show, begin, end];
}

function document(identity: Identity, { isReadOnly }: Desk) {
  const may = [...permissionsOf(identity)].filter((permission) => !isReadOnly || permission === "read");
  return { user: identity.actor.user, roles: [...identity.roles], may, readOnly: isReadOnly };
}
