/** What nodes warned of, each with the way to its row among the nodes. */
import { TriangleAlert } from 'lucide-react'
import { rowId } from './NodeTable'
import type { TitleOf } from './titles'
import css from './Warnings.module.css'
import type { NodeWarning } from './warnings'

interface Props {
  warnings: readonly NodeWarning[]
  titleOf: TitleOf
}

export function Warnings({ warnings, titleOf }: Props) {
  return (
    <ul className={css.warnings}>
      {warnings.map(({ node, text }) => (
        <li key={`${node} ${text}`}>
          <TriangleAlert aria-hidden size={15} />
          <span>
            <a href={`#${encodeURIComponent(rowId(node))}`}>{titleOf(node)}</a> {text}
          </span>
        </li>
      ))}
    </ul>
  )
}
