/** Fills the demo page and copies an order number on click. Built as text nodes only. */
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

for (const product of PRODUCTS) {
  const item = element("li", "product");
  const frame = element("div", "art");
  frame.append(picture(product.art));
  item.append(frame, element("h3", "", product.name), element("p", "note", product.note), element("p", "price", `¥${product.price}`));
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
