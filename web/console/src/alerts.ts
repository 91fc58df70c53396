/**
 * Tells an agent what needs them: a tone of its own per kind, a desktop notification while they look elsewhere, the numbers
 * in the tab's title. Each kind is switched off by itself; what is unseen stays on the screen either way (AlertStrip.vue).
 */
import { reactive } from "vue";
import type { TextStore } from "../../shared/wire/storage";

export const BELLS = [
  { bell: "newcomer", name: "有客户等待接入", tones: [660, 880] },
  { bell: "message", name: "我的客户说话了", tones: [740] },
  { bell: "unanswered", name: "我的客户等太久、被收回", tones: [520, 520, 660] },
  { bell: "transfer", name: "同事转客户给我，转接的结果", tones: [880, 740, 880] },
  { bell: "mention", name: "同事在备注里提到我", tones: [700, 900, 700] },
  { bell: "hold", name: "搁置到时间", tones: [600, 800] },
  { bell: "follow_up", name: "待跟进的到时间", tones: [560, 700] },
  { bell: "team", name: "团队提醒（主管）", tones: [440, 520] },
] as const;
export type Bell = (typeof BELLS)[number]["bell"];
const OF_KIND: Record<string, Bell> = {
  newcomer: "newcomer", message: "message", unanswered: "unanswered", taken_back: "unanswered", transfer: "transfer", transfer_accepted: "transfer",
  transfer_declined: "transfer", transfer_expired: "transfer", mention: "mention", hold_over: "hold", follow_up: "follow_up", unanswered_team: "team", taken_back_team: "team", nobody: "team",
};
const QUIET_MS = 900;

interface Choice { sound: boolean; desktop: boolean }

export class AlertBell {
  readonly view = reactive({ sound: true, of: {} as Record<Bell, Choice> });
  private audio: AudioContext | null = null;
  private rangAt = 0;

  constructor(private readonly store: TextStore) {
    this.view.sound = store.get("anke:desk:sound") !== "off";
    for (const { bell } of BELLS) this.view.of[bell] = this.read(bell);
  }

  toggleSound(): void {
    this.view.sound = !this.view.sound;
    this.store.set("anke:desk:sound", this.view.sound ? "on" : "off");
  }

  choose(bell: Bell, choice: Choice): void {
    this.view.of[bell] = choice;
    this.store.set(`anke:desk:bell:${bell}`, `${choice.sound ? "s" : "-"}${choice.desktop ? "d" : "-"}`);
  }

  /** Unknown kinds ring as the team's. The desktop is used only while the console is not looked at. */
  ring(kind: string, title: string, body: string, open: () => void): void {
    const bell = OF_KIND[kind] ?? "team";
    const choice = this.view.of[bell];
    const looking = !document.hidden && document.hasFocus();
    if (choice.sound && this.view.sound && !(bell === "message" && looking)) this.sound(bell);
    if (choice.desktop && !looking) this.notify(bell, title, body, open);
  }

  /** The browser asks once; false when it (or its owner) says no. */
  async allowDesktop(): Promise<boolean> {
    if (typeof Notification === "undefined") return false;
    return (Notification.permission === "default" ? await Notification.requestPermission() : Notification.permission) === "granted";
  }

  private read(bell: Bell): Choice {
    const kept = this.store.get(`anke:desk:bell:${bell}`) ?? "s-";
    return { sound: kept.startsWith("s"), desktop: kept.endsWith("d") };
  }

  private notify(bell: Bell, title: string, body: string, open: () => void): void {
    try {
      if (typeof Notification === "undefined" || Notification.permission !== "granted") return;
      const shown = new Notification(title, { body: body.slice(0, 80), tag: `anke-${bell}` });
      shown.onclick = () => { window.focus(); open(); shown.close(); };
    } catch {
      // some browsers allow notifications from service workers only: the title and the strip still tell
    }
  }

  private sound(bell: Bell): void {
    const now = Date.now();
    if (now - this.rangAt < QUIET_MS) return;
    this.rangAt = now;
    try {
      this.audio ??= new AudioContext();
      const start = this.audio.currentTime;
      for (const [i, pitch] of (BELLS.find((one) => one.bell === bell)?.tones ?? []).entries()) {
        const tone = this.audio.createOscillator();
        const volume = this.audio.createGain();
        tone.frequency.value = pitch;
        volume.gain.setValueAtTime(0.0001, start + i * 0.14);
        volume.gain.exponentialRampToValueAtTime(0.12, start + i * 0.14 + 0.02);
        volume.gain.exponentialRampToValueAtTime(0.0001, start + i * 0.14 + 0.22);
        tone.connect(volume).connect(this.audio.destination);
        tone.start(start + i * 0.14);
        tone.stop(start + i * 0.14 + 0.24);
      }
    } catch {
      // no sound device, or the browser has not allowed sound yet: the title and the strip still tell
    }
  }
}

/** `mine`: what asks for this very person comes first. */
export function titleCount(waiting: number, mine: number): void {
  document.title = mine > 0 ? `(!${mine}) 需要您处理 · 安客坐席台` : waiting > 0 ? `(${waiting}) 待接入 · 安客坐席台` : "安客坐席台";
}
