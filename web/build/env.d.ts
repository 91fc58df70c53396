declare module "virtual:store-words" {
  const words: Record<"category" | "order_state" | "parcel_state" | "payment" | "request_kind" | "request_state" | "refund_state" | "deadline", Record<string, string>>;
  export default words;
}
