/**
 * What the demo page shows. The truth is the demo data of the order system (aftersales/order_system/sql/demo);
 * dates there are relative to the first start, so this page only says what stays true.
 */
export interface Product {
  name: string;
  note: string;
  price: number;
  art: string;
}

export const PRODUCTS: Product[] = [
  { name: "羽绒服", note: "90% 白鹅绒 · 连帽可拆", price: 599, art: "M22 18l10-6h16l10 6 8 20-9 4-3-8v38H26V34l-3 8-9-4z M40 12v60 M26 46h28 M26 58h28" },
  { name: "扫地机器人", note: "激光导航 · 扫拖一体", price: 1499, art: "M10 38a30 16 0 0 1 60 0v12a30 16 0 0 1-60 0z M10 38a30 16 0 0 0 60 0 M40 30a9 4.5 0 1 0 .01 0 M18 56l-3 5 M62 56l3 5" },
  { name: "电饭煲", note: "IH 加热 · 24 小时预约", price: 329, art: "M16 34h48v26a8 8 0 0 1-8 8H24a8 8 0 0 1-8-8z M20 34c2-12 38-12 40 0 M36 22h8 M30 46h20v10H30z" },
  { name: "手机", note: "6.5 英寸 OLED · 67 瓦快充", price: 2699, art: "M26 10h28a4 4 0 0 1 4 4v52a4 4 0 0 1-4 4H26a4 4 0 0 1-4-4V14a4 4 0 0 1 4-4z M36 15h8 M32 30l8 10 8-6" },
  { name: "冰箱", note: "十字对开门 · 一级能效", price: 3599, art: "M20 8h40v60H20z M20 38h40 M40 8v60 M36 26v6 M44 26v6 M36 44v6 M44 44v6 M26 68v4 M54 68v4" },
  { name: "运动鞋", note: "缓震跑鞋 · 单只约 260 克", price: 369, art: "M8 52c8 0 12-8 14-18l12 4 14 12c6 4 24 2 24 12H8z M8 58h64 M36 40l-5 5 M43 45l-5 5" },
  { name: "蓝牙耳机", note: "入耳式 · 主动降噪", price: 259, art: "M22 40c0-9 8-16 18-16s18 7 18 16v14a12 12 0 0 1-12 12H34a12 12 0 0 1-12-12z M22 42h36 M36 52h8 M30 12a7 7 0 0 1 7 7 M50 12a7 7 0 0 0-7 7" },
  { name: "显示器", note: "2K · 65 瓦 Type-C", price: 1199, art: "M8 14h64v40H8z M34 54l-3 14h18l-3-14 M24 68h32 M16 46l14-12 10 8 18-16" },
];

export interface DemoOrder {
  no: string;
  tail: string;
  item: string;
  state: string;
  say: string;
}

export const ORDERS: DemoOrder[] = [
  { no: "202611010001", tail: "1234", item: "羽绒服 黑色 L", state: "已付款，还没发货", say: "能改一下收货地址吗" },
  { no: "202611010002", tail: "1234", item: "手机 128G", state: "运输中，6 小时前有更新", say: "我的手机到哪了" },
  { no: "202611010003", tail: "5678", item: "扫地机器人", state: "已签收 3 天", say: "扫地机器人想退货" },
  { no: "202611010004", tail: "5678", item: "电饭煲", state: "已签收 10 天", say: "电饭煲煮饭夹生，怎么办" },
  { no: "202611010005", tail: "2468", item: "冰箱", state: "已签收 200 天，在保修期", say: "冰箱不制冷了" },
  { no: "202611010006", tail: "2468", item: "定制T恤", state: "已签收 2 天，定制商品", say: "T恤不喜欢，可以退吗" },
  { no: "202611010007", tail: "1357", item: "运动鞋 42 码", state: "运输中，80 小时没有更新", say: "物流怎么不动了" },
  { no: "202611010008", tail: "1357", item: "蓝牙耳机", state: "已退货，退款中", say: "退款什么时候到账" },
  { no: "202611010009", tail: "9753", item: "玻璃餐具套装", state: "昨天由门卫签收", say: "收到的碗碎了两个" },
  { no: "202611010010", tail: "9753", item: "显示器", state: "已送达 20 天，还没开票", say: "帮我开张发票" },
];

/** Order 0009 may also be verified by e-mail. */
export const EMAIL_ORDER = { no: "202611010009", email: "wang@example.com" };
