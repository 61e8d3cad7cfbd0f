/** One of the seven pictures that two people compare. */
export type SasEmoji = {
  /** Its place in the table of the specification (SAS method: emoji). */
  readonly number: number;
  readonly emoji: string;
  /** Its English name. A translation goes by the number. */
  readonly name: string;
};

/** The table of the specification, in its order. */
const table =
  "🐶 Dog,🐱 Cat,🦁 Lion,🐎 Horse,🦄 Unicorn,🐷 Pig,🐘 Elephant,🐰 Rabbit," +
  "🐼 Panda,🐓 Rooster,🐧 Penguin,🐢 Turtle,🐟 Fish,🐙 Octopus,🦋 Butterfly,🌷 Flower," +
  "🌳 Tree,🌵 Cactus,🍄 Mushroom,🌏 Globe,🌙 Moon,☁️ Cloud,🔥 Fire,🍌 Banana," +
  "🍎 Apple,🍓 Strawberry,🌽 Corn,🍕 Pizza,🎂 Cake,❤️ Heart,😀 Smiley,🤖 Robot," +
  "🎩 Hat,👓 Glasses,🔧 Spanner,🎅 Santa,👍 Thumbs Up,☂️ Umbrella,⌛ Hourglass,⏰ Clock," +
  "🎁 Gift,💡 Light Bulb,📕 Book,✏️ Pencil,📎 Paperclip,✂️ Scissors,🔒 Lock,🔑 Key," +
  "🔨 Hammer,☎️ Telephone,🏁 Flag,🚂 Train,🚲 Bicycle,✈️ Aeroplane,🚀 Rocket,🏆 Trophy," +
  "⚽ Ball,🎸 Guitar,🎺 Trumpet,🔔 Bell,⚓ Anchor,🎧 Headphones,📁 Folder,📌 Pin";

const rows = table.split(",");

/** sasEmoji are the pictures of these numbers; a number that is none of the table's is left out. */
export function sasEmoji(numbers: readonly number[]): SasEmoji[] {
  return numbers.flatMap((number) => {
    const [emoji, ...words] = rows[number]?.split(" ") ?? [];
    return emoji ? [{ number, emoji, name: words.join(" ") }] : [];
  });
}
