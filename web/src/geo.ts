// Reads geo: URIs (RFC 5870). Pure.

/** Degrees north and east, and metres. */
export type Place = { readonly latitude: number; readonly longitude: number; readonly uncertainty?: number };

const uri = /^geo:(-?\d+(?:\.\d+)?),(-?\d+(?:\.\d+)?)(?:,-?\d+(?:\.\d+)?)?((?:;[^;]+)*)$/i;

/** Undefined where it names no place on the earth. */
export function readGeo(text: string): Place | undefined {
  const match = text.length < 1_000 ? uri.exec(text) : null;
  if (!match) return undefined;
  const [latitude, longitude] = [Number(match[1]), Number(match[2])];
  if (Math.abs(latitude) > 90 || Math.abs(longitude) > 180) return undefined;
  const parameters = new Map((match[3] ?? "").split(";").map((one) => [one.split("=", 1)[0]?.toLowerCase(), one.split("=", 2)[1]?.toLowerCase()]));
  // Coordinates of another system are no degrees.
  if ((parameters.get("crs") ?? "wgs84") !== "wgs84") return undefined;
  const u = parameters.get("u") ?? "";
  return /^\d+(\.\d+)?$/.test(u) ? { latitude, longitude, uncertainty: Number(u) } : { latitude, longitude };
}

/** A map around a place. */
export function mapOf({ latitude, longitude }: Place): string {
  return `https://www.openstreetmap.org/?mlat=${latitude}&mlon=${longitude}#map=16/${latitude}/${longitude}`;
}
