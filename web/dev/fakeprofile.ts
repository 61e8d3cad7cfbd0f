// Profiles: `?profile=none` the user has none, `=picture` one with a picture,
// `=fails` it cannot be read at first; `&refuses=profile` nothing can be changed.
import type { Client, UserProfile } from "alcove";
import { asked } from "./fakeadmin.js";
import { me, person } from "./generate.js";
import { AlcoveError, query, wait } from "./setup.js";

const kind = query.get("profile");
let own: UserProfile = { ...me, ...(kind === "none" && { name: me.id }), ...(kind === "picture" && { avatar: "mxc://example.org/ada" }), fields: {} };
let failures = kind === "fails" ? 1 : 0;

export const profile: Client["profile"] = async (id) => {
  await wait();
  if (failures-- > 0) throw new AlcoveError("server.error");
  if (id === me.id) return own;
  const number = /^@user(\d+):example\.org$/.exec(id)?.[1];
  if (number === undefined) throw new AlcoveError("server.notFound");
  return { ...person(Number(number)), fields: {} };
};

export const setProfile: Client["setProfile"] = async (field, value) => {
  await wait();
  if (query.get("refuses") === "profile") throw new AlcoveError("server.forbidden");
  asked.push([field, value]);
  const { avatar, ...rest } = own;
  if (field === "displayname") own = { ...own, name: typeof value === "string" ? value : me.id };
  else if (field === "avatar_url" && value === null) own = rest;
};
