/** What was typed about a phone call, as the server takes it: nothing that was left empty. */
import type { Call } from "./caseModel";

export interface CallForm { name: string; phone: string; order_no: string; category: string; item: string; description: string; demand: string; take: boolean }

export function callOf(number: string, form: CallForm): Call {
  const call: Call = { channel: "phone", client_case_id: number, description: form.description.trim(), take: form.take };
  for (const field of ["category", "order_no", "item", "demand"] as const) {
    const told = form[field].trim();
    if (told) call[field] = told;
  }
  const name = form.name.trim();
  const phone = form.phone.trim();
  if (name || phone) call.customer = { ...(name ? { name } : {}), ...(phone ? { phone } : {}) };
  return call;
}
