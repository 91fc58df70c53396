/** Fills the demo page and copies an order number on click. Built as text nodes only. */
import type { Context } from "../widget/loader/host";
import { EMAIL_ORDER, ORDERS, PRODUCTS } from "./demo";

function element<K extends keyof HTMLElementTagNameMap>(name: K, className = "", text = ""): HTMLElementTagNameMap[K] {
  const made = document.createElement(name);
  if (className) made.className = className;
  if (text) made.textContent = text;
  return made;
}

function picture(path: string): SVGSVGElement {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 80 80");
  svg.setAttribute("aria-hidden", "true");
  const line = document.createElementNS("http://www.w3.org/2000/svg", "path");
  line.setAttribute("d", path);
  svg.append(line);
  return svg;
}

/** What a store's page tells the widget (docs/embedding.md); before the script is there the calls wait in a list. */
interface Anke { setContext(context: Context): void }
const page = window as unknown as { anke?: Anke | unknown[][] };
function tell(context: Context): void {
  page.anke ??= [];
  if (Array.isArray(page.anke)) page.anke.push(["setContext", context]);
  else page.anke.setContext(context);
}
tell({ orders: ORDERS.map(({ no, item, state }) => ({ order_no: no, title: item, state: state.split("，")[0] ?? "" })) });

for (const product of PRODUCTS) {
  const item = element("li", "product");
  const frame = element("div", "art");
  frame.append(picture(product.art));
  const ask = element("button", "ask-product", "咨询");
  ask.type = "button";
  ask.setAttribute("aria-label", `咨询${product.name}`);
  ask.dataset.ankeOpen = "";
  ask.addEventListener("click", () => { tell({ product: { name: product.name, price: product.price } }); });
  const foot = element("div", "product-foot");
  foot.append(element("p", "price", `¥${product.price}`), ask);
  item.append(frame, element("h3", "", product.name), element("p", "note", product.note), foot);
  document.getElementById("goods-list")?.append(item);
}

const copied = document.getElementById("copied");

async function copy(no: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(no);
    if (copied) copied.textContent = `已复制订单号 ${no}`;
  } catch {
    if (copied) copied.textContent = `订单号：${no}`;
  }
}

for (const order of ORDERS) {
  const row = element("tr");
  const first = element("td");
  const button = element("button", "no", order.no);
  button.type = "button";
  button.title = "复制订单号";
  button.addEventListener("click", () => { void copy(order.no); });
  first.append(button);
  const proof = element("td", "tail", order.tail);
  if (order.no === EMAIL_ORDER.no) proof.append(element("span", "mail", EMAIL_ORDER.email));
  row.append(first, proof, element("td", "", order.item), element("td", "", order.state), element("td", "say", `“${order.say}”`));
  document.getElementById("orders-list")?.append(row);
}
