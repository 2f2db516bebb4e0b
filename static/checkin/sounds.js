// Each kind of verdict has its own sound and its own buzz, told apart without looking: up, down, twice, low and long.
import { options } from "./options.js";

const SOUNDS = {
  in: [[660, 0, 0.09], [990, 0.1, 0.14]],
  out: [[880, 0, 0.09], [587, 0.1, 0.14]],
  attention: [[520, 0, 0.12], [520, 0.2, 0.12], [520, 0.4, 0.12]],
  refused: [[180, 0, 0.5]],
};
const BUZZES = { in: [60], out: [60, 60, 60], attention: [150, 80, 150], refused: [500] };

let context = null;

// Browsers let a page sound only after a touch; the first one anywhere will do.
export function allowSounds() {
  const wake = () => {
    context ??= new AudioContext();
    context.resume();
  };
  for (const touch of ["pointerdown", "keydown"]) addEventListener(touch, wake);
}

export function sound(kind) {
  navigator.vibrate?.(BUZZES[kind]);
  if (!options.sounds || context?.state !== "running") return;
  for (const [frequency, start, length] of SOUNDS[kind]) {
    const tone = new OscillatorNode(context, { frequency, type: kind === "refused" ? "square" : "sine" });
    const volume = new GainNode(context, { gain: 0 });
    const from = context.currentTime + start;
    volume.gain.setValueAtTime(0.0001, from);
    volume.gain.exponentialRampToValueAtTime(0.4, from + 0.01);
    volume.gain.exponentialRampToValueAtTime(0.0001, from + length);
    tone.connect(volume).connect(context.destination);
    tone.start(from);
    tone.stop(from + length);
  }
}
