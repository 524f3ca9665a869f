/** The button that adds a field to a request input: it opens a menu of the types a field can have. */
import {
  AlignLeft,
  AudioLines,
  Blend,
  Film,
  Hash,
  Image,
  List,
  type LucideIcon,
  Palette,
  Paperclip,
  Plus,
  RectangleEllipsis,
  SlidersHorizontal,
  Spline,
  ToggleRight,
  Type,
} from 'lucide-react'
import { createPortal } from 'react-dom'
import { useMenu } from '../../ui/controls/useMenu'
import { useSession } from '../session'
import { addRequestField, FIELD_WORDS } from './request'
import { texts } from './texts'

const ICONS: Record<string, LucideIcon> = {
  text: Type,
  textarea: AlignLeft,
  number: Hash,
  slider: SlidersHorizontal,
  select: List,
  pills: RectangleEllipsis,
  toggle: ToggleRight,
  color: Palette,
  curve: Spline,
  gradient: Blend,
  image: Image,
  video: Film,
  audio: AudioLines,
  file: Paperclip,
}

export function AddField({ id, first, className }: Props) {
  const session = useSession()
  const { opener, menu } = useMenu(texts.typeOfTheField, () =>
    Object.entries(FIELD_WORDS).map(([type, label]) => {
      const Icon = ICONS[type]
      return {
        id: type,
        label,
        icon: Icon && <Icon aria-hidden size={15} />,
        run: () => addRequestField(session, id, type),
      }
    }),
  )
  return (
    <>
      <button type="button" className={className} {...opener}>
        <Plus aria-hidden size={14} /> {first ? texts.addTheFirstField : texts.addAField}
      </button>
      {/* Outside the card: its scale and place are not the menu's. */}
      {createPortal(menu, document.body)}
    </>
  )
}

interface Props {
  id: string
  /** There is none yet. */
  first: boolean
  className?: string | undefined
}
