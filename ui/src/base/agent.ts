// agent.ts -- a browser as people call it. Pure; what it says of itself is hearsay.

const BROWSERS: [RegExp, string][] = [
  [/\bEdgA?\//, "Edge"], [/\bOPR\//, "Opera"], [/\bFirefox\/|\bFxiOS\//, "Firefox"],
  [/Chrom(?:e|ium)\/|\bCriOS\//, "Chrome"], [/\bSafari\//, "Safari"], [/^curl\//, "curl"],
];
const SYSTEMS: [RegExp, string][] = [
  [/\biPhone|\biPad/, "iOS"], [/\bAndroid\b/, "Android"], [/\bWindows\b/, "Windows"], [/\bMac OS X\b/, "macOS"], [/\bLinux\b/, "Linux"],
];

const named = (list: [RegExp, string][], agent: string): string => list.find(([r]) => r.test(agent))?.[1] ?? "";

/** "Firefox, Linux"; what it calls itself where that says nothing to us. */
export function agentName(agent: string): string {
  return [named(BROWSERS, agent), named(SYSTEMS, agent)].filter(Boolean).join(", ") || agent.slice(0, 60);
}
