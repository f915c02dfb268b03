import { useState } from "preact/hooks";
import type { ApiFault } from "../api.js";
import { logIn } from "../api.js";
import { asFault, Fault } from "../parts/load.js";

export function LogIn() {
  const [token, setToken] = useState("");
  const [fault, setFault] = useState<ApiFault>();
  const submit = (event: Event) => {
    event.preventDefault();
    logIn(token.trim()).catch((error: unknown) => setFault(asFault(error)));
  };
  return (
    <main class="login">
      <form onSubmit={submit}>
        <h1>
          <img src="/assets/icon.svg" alt="" width="28" height="28" /> Stagecraft
        </h1>
        <div class="field">
          <label for="token">Token</label>
          <input
            id="token"
            type="password"
            required
            autocomplete="current-password"
            value={token}
            onInput={(event) => setToken(event.currentTarget.value)}
          />
          <p class="help">
            Printed by <code>stagecraft serve</code>, or made by <code>stagecraft token</code>.
          </p>
        </div>
        <Fault fault={fault} />
        <button type="submit" class="main">
          Log in
        </button>
      </form>
    </main>
  );
}
