import { words as w } from "../../../survey/words";

export const palette = {
  label: w("Methods", "方法"),
  search: w("search {{count}} methods", "搜索 {{count}} 种方法"),
  searchLabel: w("Search the methods", "搜索方法"),
  found: w("{{count}} methods found", "找到 {{count}} 种方法"),
  foundOne: w("1 method found", "找到 1 种方法"),
  none: w("No method matches “{{query}}”.", "没有与“{{query}}”匹配的方法。"),
  clear: w("Clear the search", "清除搜索"),
  hint: w(
    "Drag onto the timeline, or press to add. Space lifts, Enter adds.",
    "拖到时间线上，或点按添加。空格拿起，回车添加。",
  ),
  add: w("Add a method", "添加方法"),
  fidelity_reconstructed: w("reconstructed", "重构"),
  "fidelity_stand-in": w("stand-in", "替代"),
} as const;
