/** To what is followed, where there is something. */
import { Button } from '@mantine/core'
import { openFollows, useFollows } from '../../state/follows.ts'
import { count } from '../../ui/format.ts'
import { FollowDialog } from './FollowDialog.tsx'

export function FollowButton() {
  const all = useFollows((s) => s.list?.length ?? 0)
  const going = useFollows((s) => s.list?.filter(({ state }) => state !== 'stopped').length ?? 0)
  return (
    <>
      {all > 0 && (
        <Button variant="default" onClick={() => openFollows()}>
          {going > 0 ? `Following · ${count(going)}` : 'Followed'}
        </Button>
      )}
      <FollowDialog />
    </>
  )
}
