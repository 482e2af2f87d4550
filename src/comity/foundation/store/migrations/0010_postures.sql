-- Postures: how wide relations with each partner allow the node to give. The newest of a partner counts.

CREATE TABLE posture (
    sequence    bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    partner     text NOT NULL,
    posture     text NOT NULL CHECK (posture IN ('open', 'guarded', 'restricted', 'suspended')),
    officer     text NOT NULL,
    reason      text NOT NULL,
    since       bigint NOT NULL,
    review      bigint NOT NULL,               -- when it must be looked at again; it never ends by itself
    CHECK (review > since)
);
CREATE INDEX posture_partner ON posture (partner, sequence);

-- One whose review is due is a finding, for which a person must answer.
ALTER TABLE finding DROP CONSTRAINT finding_kind_check;
ALTER TABLE finding ADD CONSTRAINT finding_kind_check
    CHECK (kind IN ('split-view', 'rollback', 'uncosigned', 'overdue', 'review'));
