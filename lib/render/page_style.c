#include "render/page.h"
#include "render/page_parts.h"

/*
 * Colour-blind people can tell blue, orange and the two greys apart, by hue or by lightness. Text on each colour, and
 * each colour on the background, has a contrast of at least 4.5 to 1; what is off is pale and has an outline. Sizes
 * grow with the screen, for screens on a wall.
 */
const char page_css[] =
    ":root{color-scheme:light dark;--ground:#fff;--ink:#1b1b1b;--faint:#505050;--line:#c4c4c4;--link:#00528a;"
    "--good:#00629b;--bad:#a33c00;--wait:#f0b030;--blind:#4d4d4d;--off:#c4c4c4;--on:#fff;--on-wait:#1b1b1b;"
    "font:clamp(1rem,.72rem + .62vw,2.2rem)/1.45 system-ui,sans-serif}"
    "@media(prefers-color-scheme:dark){:root{--ground:#121417;--ink:#ececec;--faint:#b4b4b4;--line:#4a4f55;"
    "--link:#8ccbff;--good:#5cb8f0;--bad:#ff9152;--wait:#f2bd4c;--blind:#c4c4c4;--off:#4a4f55;--on:#0d0d0d;--on-wait:#"
    "0d0d0d}}"
    "*{box-sizing:border-box}"
    "body{margin:0;padding:0 clamp(.6rem,2vw,2rem) 1rem;background:var(--ground);color:var(--ink);"
    "overflow-wrap:anywhere}"
    "a{color:var(--link)}"
    "h1,h2,h3,h4,h5,p,ol,ul,dl{margin:0}"
    "header,footer{display:flex;flex-wrap:wrap;gap:.2rem 1.2rem;align-items:baseline;padding:.6rem "
    "0;color:var(--faint)}"
    "h1{font-size:1rem;color:var(--ink)}"
    ".good{--is:var(--good);--text:var(--on)}.bad{--is:var(--bad);--text:var(--on)}"
    ".wait{--is:var(--wait);--text:var(--on-wait)}.blind{--is:var(--blind);--text:var(--on)}"
    ".off{--is:var(--off);--text:var(--ink)}"
    ".pair{margin:0 0 2rem;scroll-margin-top:1rem}"
    ".verdict{background:var(--is);color:var(--text);padding:.5rem 1rem .8rem;border-radius:.5rem}"
    ".off.verdict,.fleet .off>a{box-shadow:inset 0 0 0 2px var(--faint)}"
    ".verdict h2{display:flex;flex-wrap:wrap;gap:0 1.5rem;align-items:baseline;font-size:1.3rem;line-height:1.1}"
    ".verdict strong{font-size:clamp(2.6rem,10vw,8rem);letter-spacing:-.02em}"
    ".code{font-weight:700;font-size:clamp(1.1rem,3vw,2.6rem);line-height:1.2}"
    ".figures{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(9.6rem,45%),1fr));gap:.3rem "
    "1rem;padding:.7rem 0}"
    ".figures dt,dt{color:var(--faint)}.figures dd{font-size:1.35rem;font-weight:600}dd{margin:0}"
    ".sides{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,19rem),1fr));gap:1rem}"
    ".side{border:2px solid var(--is);border-radius:.5rem;overflow:hidden}"
    ".side>*{padding:.4rem .8rem}"
    ".side>h3{background:var(--is);color:var(--text);display:flex;flex-wrap:wrap;justify-content:space-between;"
    "gap:0 1rem;align-items:baseline}"
    ".side>h3 b{font-size:1.5rem}"
    ".marks{display:flex;flex-wrap:wrap;gap:.3rem .5rem;list-style:none}"
    ".marks li{border:2px solid currentColor;border-radius:.4rem;padding:0 .5rem;font-weight:600}"
    ".rows{display:grid;grid-template-columns:minmax(5.2rem,auto) 1fr;gap:.15rem .9rem}"
    ".rows dd ul{padding-left:1.1rem}"
    ".trouble{font-weight:600;text-decoration:underline;text-decoration-thickness:2px;text-underline-offset:.2em}"
    ".bar{display:block;width:100%;height:1.1rem;border:2px solid var(--ink);border-radius:.3rem;margin-top:.2rem}"
    ".bar .left{fill:var(--ground)}.bar .likely{fill:var(--line)}.bar .done{fill:var(--ink)}"
    ".strip{display:block;width:100%;height:1.5rem}.stripes{position:absolute;width:0;height:0}"
    ".strip .good{fill:var(--good)}.strip .bad{fill:url(#stripes)}.strip .wait{fill:var(--wait)}"
    ".strip .blind{fill:var(--blind)}.strip .off{fill:var(--faint)}.strip .none{fill:var(--line)}"
    ".stripes .bad{fill:var(--bad)}.stripes .gap{fill:var(--ground)}"
    ".past{padding-top:1rem}h5{font-size:1rem;font-weight:400;color:var(--faint);margin:.4rem 0 .2rem}"
    ".impact{font-weight:600;font-size:1.15rem}"
    ".call{font-size:1.15rem}"
    ".steps{padding:.8rem 0 .2rem}.steps ol{padding-left:1.6rem}.steps li{margin-bottom:.6rem}"
    ".notice{border:3px solid var(--is);border-radius:.5rem;margin-top:.8rem;padding:.6rem 1rem}"
    ".troubles{margin:.2rem 0 .6rem;padding-left:1.2rem}"
    "pre{margin:.3rem 0;padding:.4rem .7rem;border:1px solid var(--line);border-radius:.4rem;white-space:pre-wrap}"
    "code,pre{font-family:ui-monospace,monospace;font-size:.92em}"
    ".runbook{max-width:60rem}.runbook>*{margin-bottom:.7rem}.runbook h3,.runbook "
    "h4{margin-top:1.6rem;scroll-margin-top:1rem}"
    ".runbook h4:target,.runbook h3:target{outline:3px solid var(--wait);outline-offset:.3rem}"
    "table{border-collapse:collapse}th,td{border:1px solid var(--line);padding:.1rem "
    ".6rem;text-align:left}"
    "@media(min-width:30rem){th,td{overflow-wrap:break-word}}"
    "@media(max-width:29.99rem){th{display:none}tr{display:block;border-bottom:1px solid var(--line);padding:.2rem 0}"
    "td{display:inline;border:0;padding:0}td:not(:last-child)::after{content:\", \"}}"
    ".more{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,24rem),1fr));gap:1rem;padding-top:1rem}"
    "h4{font-size:1rem;border-bottom:1px solid var(--line);margin-bottom:.3rem}"
    ".events{list-style:none;padding:0}.events li{padding:.1rem 0}"
    ".events time,.events small{color:var(--faint);font-size:inherit}"
    ".links{display:flex;flex-wrap:wrap;gap:.2rem 1rem}"
    ".fleet{list-style:none;padding:0 0 1rem;columns:26rem;column-gap:2rem}"
    ".fleet li{break-inside:avoid;display:flex;flex-wrap:wrap;gap:0 1rem;align-items:baseline;padding:.15rem 0;"
    "border-bottom:1px solid var(--line)}"
    ".fleet a{padding:.1rem .7rem;border-radius:.4rem;background:var(--is);color:var(--text);text-decoration:none}"
    ".fleet small{font-size:inherit}"
    "a:focus-visible{outline:3px solid currentColor;outline-offset:2px}";

/* The classes, with the colours that they have above on a light ground. */
#define GOOD "good", "#00629b", "#fff"
#define BAD "bad", "#a33c00", "#fff"
#define WAIT "wait", "#f0b030", "#1b1b1b"
#define BLIND "blind", "#4d4d4d", "#fff"
#define OFF "off", "#c4c4c4", "#1b1b1b"
#define LOOK(class_and_colours, its_sign) LOOK_OF(class_and_colours, its_sign)
#define LOOK_OF(its_class, its_colour, its_on, its_sign)                                                               \
	{                                                                                                              \
		.class = its_class, .sign = its_sign, .colour = its_colour, .on = its_on                               \
	}

const struct look page_look_of_status[HA_STATUSES] = {
    [HA_ACTIVE] = LOOK(GOOD, "✓"),
    [HA_BLOCKED_PRIMARY_UNAVAILABLE] = LOOK(BAD, "✗"),
    [HA_BLOCKED_SECONDARY_UNAVAILABLE] = LOOK(BAD, "✗"),
    [HA_BLOCKED_BOTH_UNAVAILABLE] = LOOK(BAD, "✗✗"),
    [HA_DISABLED] = LOOK(OFF, "–"),
    [HA_UNKNOWN] = LOOK(BLIND, "?"),
};

const struct look page_look_of_verdict[VERDICTS] = {
    [UNKNOWN] = LOOK(BLIND, "?"),
    [UP] = LOOK(GOOD, "✓"),
    [DOWN] = LOOK(BAD, "✗"),
    [PROVISIONING] = LOOK(WAIT, "…"),
    [MAINTENANCE] = LOOK(WAIT, "="),
};

const struct look page_look_degraded = LOOK(WAIT, "!");
const struct look page_look_planned = LOOK(WAIT, "…");

const char *page_word(enum ha_status status)
{
	return pair_status_is_blocked(status) ? "BLOCKED" : ha_status_names[status];
}
