/** The timeline: what is done to the network, when, and beside what else. */
import { type CSSProperties, useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { useDragSession } from "../../drag/use-drag";
import { useShownDocument, useView } from "../../stores/use-studio";
import { Combinations } from "./Combinations";
import { extentOf, namesPixels, originPixels } from "./geometry";
import { Lanes } from "./Lanes";
import { Boundlines, Playhead, Ruler } from "./Ruler";
import { Tools } from "./Tools";
import { useScale } from "./use-scale";
import "./timeline.css";

const measures = { "--names": `${namesPixels}px`, "--origin": `${originPixels}px` } as CSSProperties;
/** Behind the last clip where the timeline scrolls. */
const roomPixels = 60;

export function Timeline() {
  const { t } = useTranslation("timeline");
  const [scale, scroller] = useScale();
  return (
    <section className="timeline" aria-labelledby="timeline-title" style={measures}>
      <header className="timeline-head">
        {/* Takes the focus when the last clip goes. */}
        <h2 id="timeline-title" tabIndex={-1}>
          {t("label")}
        </h2>
        <Combinations />
        <AddButton />
        <Tools scale={scale} />
      </header>
      <div className="timeline-scroll" ref={scroller}>
        <Sheet scale={scale.scale} width={scale.width} />
      </div>
    </section>
  );
}

/** Where the palette is a sheet that has to be opened. */
function AddButton() {
  const { t } = useTranslation("timeline");
  const set = useView((view) => view.set);
  return (
    <button type="button" className="button timeline-add" onClick={() => set({ paletteOpen: true })}>
      <span aria-hidden="true">+</span> {t("addMethod")}
    </button>
  );
}

function Sheet({ scale, width }: { readonly scale: number; readonly width: number }) {
  const { t } = useTranslation("timeline");
  const document = useShownDocument();
  const reach = namesPixels + originPixels + Math.max(0, ...document.clips.map((clip) => extentOf(clip, scale).to));
  // A little beyond what fits begins to scroll, and no sooner.
  const full = Math.max(width, reach > width - 20 ? reach + roomPixels : 0);
  const last = Math.floor((full - namesPixels - originPixels) / scale);
  const sheet = useSurface(scale);
  return (
    <div className="timeline-sheet" ref={sheet} style={{ width: full }}>
      <Ruler scale={scale} last={last} />
      <div className="timeline-lanes">
        <div className="timeline-boundlines">
          <Boundlines clips={document.clips} scale={scale} />
        </div>
        <Lanes document={document} scale={scale} />
      </div>
      <div className="timeline-over">
        <Playhead scale={scale} />
      </div>
      {document.clips.length === 0 && (
        <p className="timeline-empty quiet">
          <span className="timeline-empty-wide">{t("empty")}</span>
          <span className="timeline-empty-narrow">{t("emptyNarrow")}</span>
        </p>
      )}
    </div>
  );
}

/** So near to its edges the timeline scrolls under a drag, in pixels. */
const edgePixels = 36;
const scrollPixels = 9;

/** Lends the sheet to drags. */
function useSurface(scale: number) {
  const session = useDragSession();
  const sheet = useRef<HTMLDivElement>(null);
  useEffect(() => {
    session.setSurface({
      scale,
      stepAt: (x) => {
        const left = sheet.current?.getBoundingClientRect().left ?? 0;
        return (x - left - namesPixels - originPixels) / scale;
      },
      contains: (x, y) => {
        const box = sheet.current?.parentElement?.getBoundingClientRect();
        return box !== undefined && x >= box.left && x <= box.right && y >= box.top && y <= box.bottom;
      },
      scrollNear: (x) => {
        const scroller = sheet.current?.parentElement;
        if (!scroller) return false;
        const box = scroller.getBoundingClientRect();
        const by = x > box.right - edgePixels ? scrollPixels : x < box.left + namesPixels ? -scrollPixels : 0;
        const before = scroller.scrollLeft;
        scroller.scrollLeft += by;
        return scroller.scrollLeft !== before;
      },
    });
    return () => session.setSurface(null);
  }, [session, scale]);
  return sheet;
}
