/** The others in the top bar: one avatar each, which follows their view when it is pressed. */
import { useStore } from 'zustand'
import { initials } from '../../ui/shell/initials'
import { useSession } from '../session'
import css from './Members.module.css'
import { colorOf, membersOf } from './members'
import { texts } from './texts'

const SHOWN = 4

export default function Members() {
  const session = useSession()
  const store = membersOf(session)
  const members = useStore(store, state => state.members)
  const following = useStore(store, state => state.following)
  const all = Object.entries(members)
  if (!all.length) return null
  return (
    <ul className={css.members} aria-label={texts.alsoHere}>
      {all.slice(0, SHOWN).map(([id, { name, role, view, idle }]) => (
        <li key={id}>
          <button
            type="button"
            className={css.member}
            style={{ '--member': colorOf(id) } as object}
            aria-pressed={following === id}
            aria-label={texts.follow(name)}
            title={texts.about(
              name,
              role === 'owner' ? texts.owner : texts.can[role as 'view'],
              idle === true,
            )}
            data-idle={idle || undefined}
            data-initials={initials(name)}
            onClick={() => {
              store.setState({ following: following === id ? null : id })
              if (view && following !== id) {
                session.rf?.setViewport({ x: view[0], y: view[1], zoom: view[2] })
              }
            }}
          />
        </li>
      ))}
      {all.length > SHOWN && <li className={css.more}>{texts.more(all.length - SHOWN)}</li>}
    </ul>
  )
}
