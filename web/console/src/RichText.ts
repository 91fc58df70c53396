/** A text with its links and numbers to be clicked. No markup around it, so that white space stays as written. */
import { type FunctionalComponent, h } from "vue";
import NumberText from "../../shared/cards/NumberText.vue";
import { partsOf } from "./textParts";

export const RichText: FunctionalComponent<{ text: string }> = ({ text }) =>
  partsOf(text).map((part) =>
    part.kind === "link" ? h("a", { class: "link", href: part.href, target: "_blank", rel: "noopener noreferrer nofollow", title: `打开 ${part.host}` }, part.text)
    : part.kind === "number" ? h(NumberText, { text: part.text })
    : part.text);
RichText.props = ["text"];
