/** Origins as users type them: a list of URLs of sites, of which scheme, host and port count. */

export interface Origins {
  origins: string[]
  /** What is no URL of a site. */
  wrong: string | null
}

export function originsIn(text: string): Origins {
  const origins: string[] = []
  for (const part of text.split(/[\s,]+/).filter(Boolean)) {
    const origin = originOf(part)
    if (origin === null) return { origins, wrong: part }
    if (!origins.includes(origin)) origins.push(origin)
  }
  return { origins, wrong: null }
}

/** `site.example` means https; nothing but http and https can show a frame. */
function originOf(text: string): string | null {
  const whole = text.includes('://') ? text : `https://${text}`
  if (!/^https?:/i.test(whole) || /[*:]$|\*/.test(whole)) return null
  return URL.canParse(whole) ? new URL(whole).origin : null
}
