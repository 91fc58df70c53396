/** Tells an agent who looks elsewhere that somebody waits: a short tone, and the number in the tab's title. */
let audio: AudioContext | null = null;

export function newcomer(): void {
  try {
    audio ??= new AudioContext();
    const start = audio.currentTime;
    for (const [i, pitch] of [660, 880].entries()) {
      const tone = audio.createOscillator();
      const volume = audio.createGain();
      tone.frequency.value = pitch;
      volume.gain.setValueAtTime(0.0001, start + i * 0.14);
      volume.gain.exponentialRampToValueAtTime(0.12, start + i * 0.14 + 0.02);
      volume.gain.exponentialRampToValueAtTime(0.0001, start + i * 0.14 + 0.22);
      tone.connect(volume).connect(audio.destination);
      tone.start(start + i * 0.14);
      tone.stop(start + i * 0.14 + 0.24);
    }
  } catch {
    // no sound device, or the browser has not allowed sound yet: the title still tells
  }
}

export function titleCount(waiting: number): void {
  document.title = waiting > 0 ? `(${waiting}) 待接入 · 安客坐席台` : "安客坐席台";
}
