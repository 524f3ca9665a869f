/** What a user should know of a workflow file: the secrets taken out, and what may not work. */

import { KeyRound, TriangleAlert } from 'lucide-react'
import type { ReactNode } from 'react'
import type { Imported } from '../api/schema'
import css from './Notes.module.css'
import { texts } from './texts'

export function Notes({ found }: { found: Imported }) {
  return (
    <>
      {found.removed.length > 0 && (
        <Block tone="removed" icon={<KeyRound aria-hidden size={16} />} title={texts.keysLeftOut}>
          <ul>
            {found.removed.map(what => (
              <li key={what}>{what}</li>
            ))}
          </ul>
          <p>{texts.chooseYourOwnKeys}</p>
        </Block>
      )}
      {found.warnings.length > 0 && (
        <Block
          tone="warning"
          icon={<TriangleAlert aria-hidden size={16} />}
          title={texts.goodToKnow}
        >
          <ul>
            {found.warnings.map(what => (
              <li key={what}>{what}</li>
            ))}
          </ul>
        </Block>
      )}
    </>
  )
}

function Block(props: { tone: string; icon: ReactNode; title: string; children: ReactNode }) {
  return (
    <section className={css.block} data-tone={props.tone} aria-label={props.title}>
      {props.icon}
      <div>
        <h3>{props.title}</h3>
        {props.children}
      </div>
    </section>
  )
}
