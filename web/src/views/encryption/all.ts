// Every dialog about encryption: one file to load.
import "./settings.js";

export { openDevices } from "./devices.js";
export { openRecover } from "./recover.js";
export { openSetUp } from "./set-up.js";
export { openVerification, startVerification } from "./verification.js";
