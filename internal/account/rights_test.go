package account

import (
	"encoding/base64"
	"testing"
	"time"

	"lamro/internal/records/people"
)

func b64(b []byte) string { return base64.RawStdEncoding.EncodeToString(b) }

// The table says the same as the map in other words: each right with those who hold it.
func TestRights(t *testing.T) {
	t.Parallel()
	who := map[Right][]people.Role{
		ReadMentions:    {people.Officer, people.Analyst, people.Verifier, people.Approver, people.Leader},
		SeeAlerts:       {people.Officer, people.Analyst, people.Verifier, people.Approver, people.Leader},
		ActOnAlerts:     {people.Officer},
		SeeWatches:      {people.Officer, people.Analyst, people.Verifier, people.Approver, people.Leader, people.Operator},
		EditWatches:     {people.Analyst},
		SeeSources:      {people.Officer, people.Analyst, people.Verifier, people.Approver, people.Leader, people.Operator},
		ManageSources:   {people.Operator},
		SeeCases:        {people.Officer, people.Analyst, people.Verifier, people.Approver, people.Leader}, // never the operator
		HandleCases:     {people.Officer},
		ProposeVerdicts: {people.Verifier},
		Approve:         {people.Approver},
		AnswerRequests:  {people.Contact},
		ReadAudit:       {people.Auditor},
		ManagePeople:    {people.Admin},
	}
	for right, roles := range who {
		for _, role := range people.Roles() {
			p := people.Person{Roles: []people.Role{role}}
			want := false
			for _, r := range roles {
				want = want || r == role
			}
			if got := May(p, right); got != want {
				t.Errorf("May(%s, %s) = %v, want %v", role, right, got, want)
			}
			p.DisabledAt = time.Now()
			if May(p, right) {
				t.Errorf("May(disabled %s, %s) = true, want false", role, right)
			}
		}
	}
	for role, rights := range granted {
		for _, r := range rights {
			if who[r] == nil {
				t.Errorf("%s holds %s, which the table does not know", role, r)
			}
		}
	}
	if len(granted) != len(people.Roles()) {
		t.Errorf("%d roles have rights, want %d", len(granted), len(people.Roles()))
	}
}
