// [emoji, group, label, shortcodes, tags]: made by plugins/emoji.ts.
type EmojiRow = readonly [emoji: string, group: number, label: string, codes: string, tags: string];

declare module "virtual:emoji" {
  const rows: readonly EmojiRow[];
  export default rows;
}
