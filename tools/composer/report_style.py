# SPDX-License-Identifier: BSD-2-Clause
"""The report's style sheet. Partitions' colours are c0 to c7, limits.PARTITIONS of them; each is told apart by name as well."""

STYLE = """
:root { color-scheme: light dark; --ink: #1b1f24; --faint: #57606a; --page: #ffffff; --panel: #f4f6f8; --rule: #c9d1d9; --link: #0550ae;
  --c0: #b9d4f4; --c1: #f6d9a8; --c2: #b8e3cf; --c3: #f3bfb3; --c4: #d9c7f0; --c5: #efe79b; --c6: #b5e4ee; --c7: #f2c3dc;
  --aside: #cdd2d8; --objects: #dfe4ea; --programs: #e9e3d8; --bundle: #bfc9b0; --lasting: #a9b8c9; --free: #ffffff;
  --yes: #ffe3dc; --through: #fff1cc; --trusted: #eaf1fb; --no: #e3f5e8; --good: #116329; --bad: #a40e26; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6edf3; --faint: #9aa5b1; --page: #0e1116; --panel: #171b22; --rule: #3a424d; --link: #79b8ff;
  --c0: #234a78; --c1: #6b4a14; --c2: #1f5a40; --c3: #74352a; --c4: #4e3a73; --c5: #5c5512; --c6: #1b5563; --c7: #6a2f50;
  --aside: #3d444d; --objects: #2b313a; --programs: #3a352c; --bundle: #3f4a2f; --lasting: #3c4f66; --free: #0e1116;
  --yes: #4d211a; --through: #453a12; --trusted: #1a2a42; --no: #12321f; --good: #56d364; --bad: #ff8b85; } }
* { box-sizing: border-box; }
html { scroll-padding-top: 1rem; }
body { margin: 0; background: var(--page); color: var(--ink); font: 15px/1.5 system-ui, "Segoe UI", "Helvetica Neue", "DejaVu Sans", sans-serif; }
main { max-width: 1120px; margin: 0 auto; padding: 1.5rem; }
h1 { margin: 0; font-size: 1.7rem; overflow-wrap: anywhere; }
h2 { margin: 2.5rem 0 .8rem; padding-bottom: .2rem; border-bottom: 1px solid var(--rule); font-size: 1.25rem; }
h3 { margin: 1.6rem 0 .4rem; font-size: 1.05rem; }
p { margin: .6rem 0; max-width: 80ch; color: var(--faint); }
a { color: var(--link); }
nav { display: flex; flex-wrap: wrap; gap: .3rem 1.1rem; }
code { font: .92em/1.45 ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace; }
svg { display: block; width: 100%; height: auto; overflow: visible; }
svg text { fill: var(--ink); font: 12px ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace; }
svg text.name { font-weight: 600; }
svg text.small { fill: var(--faint); font-size: 11px; }
g > .box ~ text.small { fill: var(--ink); }
.wide { overflow-x: auto; margin: .9rem 0; }
table { border-collapse: collapse; width: 100%; font-size: .9rem; }
caption { padding: 0 0 .35rem; text-align: left; font-weight: 600; }
th, td { padding: .3rem .6rem; border-bottom: 1px solid var(--rule); text-align: left; vertical-align: top; }
thead th { background: var(--panel); color: var(--faint); font-weight: 600; vertical-align: bottom; }
tbody th, tfoot th { font-weight: 500; }
tfoot th, tfoot td { border-top: 2px solid var(--rule); font-weight: 600; }
th.number { text-align: right; }
td.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.swatch { display: inline-block; width: .8em; height: .8em; margin-right: .5em; border: 1px solid var(--faint); border-radius: 2px; }
.legend { display: flex; flex-wrap: wrap; gap: .2rem 1.2rem; margin: .5rem 0; padding: 0; list-style: none; font-size: .9rem; }
.codes code { display: block; overflow-wrap: anywhere; white-space: pre-wrap; }
.unlimited { color: var(--faint); text-align: center; }
.share { white-space: nowrap; }
.meter { display: inline-block; width: 120px; height: 10px; border: 1px solid var(--faint); }
.part { stroke: var(--ink); stroke-width: .6; }
.zoom { fill: var(--panel); stroke: var(--rule); stroke-width: .6; }
.window { stroke: var(--ink); stroke-width: .6; }
.pad { fill: var(--faint); }
.slack { fill: var(--panel); stroke: var(--faint); stroke-width: .6; stroke-dasharray: 4 2; }
.tick { stroke: var(--rule); stroke-width: .6; }
.box { stroke: var(--ink); stroke-width: 1; }
.box.device { fill: var(--page); stroke-dasharray: 4 2; }
.planned { fill: none; stroke: var(--ink); stroke-width: 1; stroke-dasharray: 4 2; }
.tick { stroke: var(--rule); stroke-width: .6; }
.edge { stroke: var(--faint); stroke-width: 1.2; }
.edge.own { stroke-dasharray: 3 4; }
.edge.channel { stroke: var(--ink); stroke-width: 2; }
.head { stroke: var(--ink); stroke-width: 1.2; }
.head.full { fill: var(--ink); }
.head.open { fill: var(--page); }
.matrix { table-layout: fixed; }
.matrix th, .matrix td { overflow-wrap: anywhere; }
.matrix td { border: 1px solid var(--rule); }
.matrix td span { display: block; }
td.direct { background: var(--yes); }
td.through { background: var(--through); }
td.trusted { background: var(--trusted); }
td.no { background: var(--no); }
td.self { color: var(--faint); }
.rule { display: block; font-size: .85em; font-weight: 600; }
.holds { color: var(--good); }
.broken { color: var(--bad); }
details { margin: .9rem 0; }
summary { cursor: pointer; color: var(--link); }
.listing th, .listing td { padding: 0 .6rem; border: 0; }
.listing tbody th { width: 3rem; color: var(--faint); text-align: right; font-variant-numeric: tabular-nums; user-select: none; }
.listing code { white-space: pre-wrap; overflow-wrap: anywhere; tab-size: 4; }
.listing tr:target { background: var(--through); }
.unseen { padding: 0 .2em; border: 1px solid var(--bad); border-radius: 3px; color: var(--bad); font-size: .85em; }
""" + "".join(f"\n.{name} {{ fill: var(--{name}); background: var(--{name}); }}" for name in (
    *(f"c{index}" for index in range(8)), "aside", "objects", "programs", "bundle", "lasting", "free")) + "\n"
