/** The types of pg are in a separate package, which only declares the module `pg`. */
declare module "pg-oldest" {
  export { default } from "pg";
}
