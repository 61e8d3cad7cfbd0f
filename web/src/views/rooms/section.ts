// What the sections of a room's settings share.
import type { Client, LiveRoom, RoomDetails } from "alcove";
import type { PropertyDeclarations } from "lit";
import { Saving } from "../../saving.js";

export abstract class Section extends Saving {
  static override properties: PropertyDeclarations = {
    ...Saving.properties,
    client: { attribute: false },
    room: { attribute: false },
    details: { attribute: false },
  };

  declare client: Client;
  declare room: LiveRoom;
  declare details: RoomDetails;
}
