// chart.tsx -- bars stacked by severity over time, by uPlot; and the same as a table.
import { useEffect, useRef, useState } from "preact/hooks";
import uPlot from "uplot";
import { dates } from "../base/formats";
import { locale, number, t, word } from "../base/i18n";
import { shownTheme, zone } from "../base/prefs";
import { absolute } from "../base/time";
import { stacked } from "./stack";

export interface Series {
  at: number[]; /* s */
  by: { severity: string; counts: number[] }[]; /* least severe first */
}

interface Props {
  series: Series;
  label: string;
  onZoom: (from: number, to: number) => void;
}

const HEIGHT_PX = 130;

function token(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

/** A bar stands on its beginning, so the last one needs its own width behind it. */
function step(at: number[]): number {
  return at.length > 1 ? (at[1] ?? 0) - (at[0] ?? 0) : 1;
}

function optionsOf(p: Props, width: number): uPlot.Options {
  const axis = { stroke: token("--dim"), grid: { stroke: token("--line"), width: 1 }, ticks: { show: false }, font: "11px system-ui" };
  const bars = uPlot.paths.bars?.({ size: [0.9, 40], align: 1 });
  return {
    width,
    height: HEIGHT_PX,
    legend: { show: false },
    cursor: { y: false, drag: { x: true, y: false, setScale: false } },
    scales: { x: { time: true, range: (_u, min, max) => [min, max + step(p.series.at)] }, y: { range: (_u, _min, max) => [0, Math.max(1, max)] } },
    axes: [
      { ...axis, size: 26, space: 90, values: (_u, ticks) => ticks.map(tick) },
      { ...axis, size: 44, values: (_u, ticks) => ticks.map((n) => (Number.isInteger(n) ? number(n) : "")) },
    ],
    series: [{}, ...[...p.series.by].reverse().map((s) => ({
      fill: token(`--sev-${s.severity}`), width: 0, points: { show: false }, ...(bars ? { paths: bars } : {}),
    }))],
    hooks: {
      setSelect: [(u) => {
        if (u.select.width < 4) return;
        p.onZoom(u.posToVal(u.select.left, "x") * 1000, u.posToVal(u.select.left + u.select.width, "x") * 1000);
      }],
    },
  };
}

/** The clock; at midnight the day. */
function tick(s: number): string {
  const clock = dates("minute", locale.value, zone.value).format(s * 1000);
  if (!/^(00|24):00$/.test(clock)) return clock;
  return dates("day", locale.value, zone.value).format(s * 1000);
}

function Drawing(p: Props) {
  const box = useRef<HTMLDivElement>(null);
  const shown = shownTheme.value;
  useEffect(() => {
    const el = box.current;
    if (!el) return;
    const data = [p.series.at, ...stacked(p.series.by.map((s) => s.counts)).reverse()] as uPlot.AlignedData;
    const plot = new uPlot(optionsOf(p, el.clientWidth), data, el);
    const watch = new ResizeObserver(() => plot.setSize({ width: el.clientWidth, height: HEIGHT_PX }));
    watch.observe(el);
    return () => {
      watch.disconnect();
      plot.destroy();
    };
  }, [p.series, shown, locale.value]);
  return <div class="chart" ref={box} role="img" aria-label={p.label} />;
}

function AsTable({ series }: { series: Series }) {
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label={t("chart.table")}>
      <table class="plain">
        <thead><tr><th scope="col">{t("col.when")}</th>{series.by.map((s) => <th key={s.severity} scope="col">{word("severity", s.severity)}</th>)}</tr></thead>
        <tbody>
          {series.at.map((at, i) => series.by.some((s) => (s.counts[i] ?? 0) > 0) && (
            <tr key={at}><th scope="row">{absolute(at * 1000)}</th>{series.by.map((s) => <td key={s.severity} class="num">{number(s.counts[i] ?? 0)}</td>)}</tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** Its room, so that nothing moves when it comes. */
export function ChartToCome() {
  return <div class="chart-box" aria-hidden="true" />;
}

export function Chart(p: Props) {
  const [asTable, setAsTable] = useState(false);
  return (
    <figure class="chart-box">
      <figcaption>
        {p.series.by.map((s) => <span key={s.severity} class={`severity severity-${s.severity}`}><span class="swatch" aria-hidden="true" />{word("severity", s.severity)}</span>)}
        <span class="dim wide">{t("chart.hint")}</span>
        <button type="button" aria-pressed={asTable} onClick={() => setAsTable(!asTable)}>{t("chart.table")}</button>
      </figcaption>
      {asTable ? <AsTable series={p.series} /> : <Drawing {...p} />}
    </figure>
  );
}
