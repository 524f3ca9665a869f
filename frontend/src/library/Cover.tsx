/** The picture of a workflow, or a quiet drawing of a graph while it has none. */
import { useState } from 'react'
import css from './Cover.module.css'
import { picture } from './picture'
import type { WorkflowSummary } from './types'

interface Props {
  row: WorkflowSummary
  /** How wide the picture must be, in pixels. */
  width: number
  className?: string
}

export function Cover({ row, width, className }: Props) {
  const address = picture(row, width)
  const [broken, setBroken] = useState<string | null>(null)
  return (
    <span className={[css.cover, className].filter(Boolean).join(' ')}>
      {address && address !== broken ? (
        <img
          src={address}
          alt=""
          loading="lazy"
          decoding="async"
          draggable={false}
          onError={() => setBroken(address)}
        />
      ) : (
        <svg className={css.drawing} viewBox="0 0 160 90" aria-hidden="true">
          <path d="M52 30c20 0 16 15 36 15M52 62c20 0 16-17 36-17" />
          <rect x="20" y="20" width="32" height="20" rx="4" />
          <rect x="20" y="52" width="32" height="20" rx="4" />
          <rect x="88" y="30" width="48" height="30" rx="5" />
        </svg>
      )}
    </span>
  )
}
