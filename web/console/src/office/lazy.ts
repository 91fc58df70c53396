/** A page that is loaded when it is opened: says that it is coming, and offers a reload where it does not come (the server was updated meanwhile). */
import { type AsyncComponentLoader, type Component, defineAsyncComponent, h } from "vue";

const coming = { render: () => h("p", { class: "checking", role: "status" }, "正在打开…") };
const broken = {
  render: () => h("div", { class: "checking", role: "alert", "data-testid": "page-broken" }, [
    h("p", "页面没有打开，可能刚更新过。"),
    h("button", { type: "button", class: "btn", onClick: () => { location.reload(); } }, "刷新"),
  ]),
};

export const lazy = (loader: AsyncComponentLoader): Component => defineAsyncComponent({ loader, delay: 150, loadingComponent: coming, errorComponent: broken });
