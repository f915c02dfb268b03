/** Small definitions for tests of the whole program. */

export const REFUND = `apiVersion: stagecraft/v1
id: refund
version: "1.0.0"
inputs:
  amount: { type: number, exclusiveMinimum: 0 }
  reason: { type: string }
  requester: { type: string, default: ann }
stages:
  size: { uses: switch, with: { cases: { large: "\${{ inputs.amount > 100 }}" } } }
  ask:
    needs: [size.large]
    uses: approval
    with: { title: "Refund \${{ inputs.amount }}?", approvers: ["role:manager"], forbid: ["\${{ inputs.requester }}"] }
  pay:
    needs: [{ anyOf: [size.otherwise, ask.approved] }]
    uses: transform
    with: { values: { paid: true } }
  refuse:
    needs: [{ anyOf: [ask.rejected, ask.expired] }]
    uses: transform
    with: { values: { paid: false } }
outputs:
  paid: \${{ coalesce(stages.pay.outputs.paid, false) }}
`;

/** A rejection that no edge names. */
export const SIGNOFF = `apiVersion: stagecraft/v1
id: signoff
version: "1.0.0"
stages:
  ask: { uses: approval, with: { title: "Sign off?", approvers: [dana] } }
  go: { needs: [ask.approved], uses: transform, with: { values: { done: true } } }
`;

export const PEOPLE = `identities:
  users:
    ann: { roles: [employee] }
    dana: { roles: [manager] }
    gina: { roles: [manager] }
`;
