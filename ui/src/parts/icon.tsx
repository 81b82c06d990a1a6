// icon.tsx -- our few line icons, drawn inline; a word always stands beside one.
const PATHS: Record<string, string> = {
  overview: "M3 11 12 3l9 8M5 10v10h14V10",
  engaged: "M6 3h12M6 21h12M7 3c0 5 10 5 10 9s-10 4-10 9M17 3c0 5-10 5-10 9s10 4 10 9",
  alerts: "M4 6h16M4 12h16M4 18h10",
  recipients: "M8 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7ZM2 20c0-4 3-6 6-6s6 2 6 6M16 4.5a3.5 3.5 0 0 1 0 6.5M17 14c3 .3 5 2.300 5 6",
  endpoints: "M4 12h10M10 6l6 6-6 6M20 4v16",
  why: "M9 9a3 3 0 1 1 4 2.800c-1 .5-1 1.200-1 2.200M12 18h.01M12 2a10 10 0 1 0 0 20 10 10 0 0 0 0-20Z",
  silences: "M10 5a4 4 0 0 1 6 4v3l2 4H9M6 8v4l-2 4h5M3 3l18 18M10 20h4",
  deliveries: "M3 6h18v12H3zM3 7l9 7 9-7",
  pools: "M4 5h7v6H4zM13 13h7v6h-7zM7 11v5h6",
  sources: "M12 3v12M7 10l5 5 5-5M4 20h16",
  users: "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8ZM4 21c0-4.500 4-7 8-7s8 2.500 8 7",
  audit: "M6 3h9l4 4v14H6zM9 12h7M9 16h7",
  settings: "M4 7h10M18 7h2M4 17h2M10 17h10M16 5v4M8 15v4",
  import: "M12 15V4M8 8l4-4 4 4M4 15v5h16v-5",
  system: "M3 12h4l3-8 4 16 3-8h4",
  menu: "M4 7h16M4 12h16M4 17h16",
  close: "M6 6l12 12M18 6 6 18",
  search: "M10.500 4a6.500 6.500 0 1 0 0 13 6.500 6.500 0 0 0 0-13ZM15.500 15.500 21 21",
  theme: "M12 3a9 9 0 1 0 9 9c-5 2-11-4-9-9Z",
  help: "M9 9a3 3 0 1 1 4 2.800c-1 .5-1 1.200-1 2.200M12 18h.01",
  lock: "M6 11h12v9H6zM8 11V8a4 4 0 0 1 8 0v3",
  plus: "M12 5v14M5 12h14",
};

export type IconName = keyof typeof PATHS;

export function Icon({ name }: { name: string }) {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={PATHS[name] ?? ""} />
    </svg>
  );
}

export function Logo() {
  return (
    <svg class="logo" viewBox="0 0 32 32" aria-hidden="true" focusable="false">
      <path class="logo-bell" d="M16 4c-5 0-8 4-8 9v6l-3 4h22l-3-4v-6c0-5-3-9-8-9Z" />
      <circle class="logo-clapper" cx="16" cy="26" r="3" />
    </svg>
  );
}
