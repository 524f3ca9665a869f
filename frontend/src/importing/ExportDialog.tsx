/** Takes a workflow out as a file, in one of the formats that can hold it. */
import { useQuery } from '@tanstack/react-query'
import { Download } from 'lucide-react'
import { exportUrl, formatsOf } from '../api/imports'
import type { Format } from '../api/schema'
import { errorMessage } from '../lib/errors'
import { Dialog } from '../ui/controls/Dialog'
import { FORMATS } from './contents'
import css from './ExportDialog.module.css'
import { texts } from './texts'

interface Props {
  slug: string
  name: string
  /** Done first: what has been edited must be on the server. */
  prepare?: () => Promise<unknown>
  onClose: () => void
}

export function ExportDialog({ slug, name, prepare, onClose }: Props) {
  const { data, error } = useQuery({
    queryKey: ['formats', slug],
    queryFn: async () => {
      await prepare?.()
      return formatsOf(slug)
    },
    staleTime: 0,
    gcTime: 0,
  })
  return (
    <Dialog title={texts.exportName(name)} onClose={onClose}>
      {error && (
        <p className={css.problem} role="alert">
          {errorMessage(error)}
        </p>
      )}
      <ul className={css.list} aria-busy={!data && !error}>
        {(data ? (['bundle', ...data] as const) : []).map(format => (
          <Row key={format} slug={slug} format={format} onClose={onClose} />
        ))}
      </ul>
      <p className={css.foot}>{texts.theChoiceOfKeys}</p>
    </Dialog>
  )
}

interface RowProps {
  slug: string
  format: Format | 'bundle'
  onClose: () => void
}

function Row({ slug, format, onClose }: RowProps) {
  const { name, about } = FORMATS[format]
  return (
    <li>
      <a
        className={css.row}
        href={exportUrl(slug, format)}
        download
        onClick={() => setTimeout(onClose)}
      >
        <span>
          <b>{name}</b>
          <small>{about}</small>
        </span>
        <Download aria-hidden size={17} />
      </a>
    </li>
  )
}
