declare module "virtual:categories" {
  const names: Record<string, string>;
  export default names;
}
