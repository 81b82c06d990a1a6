// catalogue.d.ts -- what build.mjs makes of i18n/*.json: texts in the order of en's keys.
declare module "catalogue:*" {
  const texts: string[];
  export default texts;
}
