/** pg has its types in a package of its own, which knows it by its name alone. */
declare module "pg-oldest" {
  export { default } from "pg";
}
