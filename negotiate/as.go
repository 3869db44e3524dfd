package negotiate

import "errors"

// As sets the account between Challenge and Finish, for callers whose spelling
// of the account depends on the names in the challenge. The bounds of
// NewInitiator apply; an empty Workstation is DefaultWorkstation.
func (i *Initiator) As(a Account) error {
	if i.session != nil {
		return errors.New("authenticate: the challenge was answered already")
	}
	o := i.o
	o.Account = a
	checked, err := NewInitiator(o)
	if err != nil {
		return err
	}
	i.o = checked.o
	return nil
}
