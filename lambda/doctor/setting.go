package doctor

import "whydenied/lambda/doctor/checkup"

// settings are the variables that the function does without.
func (d *Doctor) settings() (checks []checkup.Check) {
	for i := range d.config.Unused {
		u := &d.config.Unused[i]
		c := checkup.Check{Name: "setting", On: u.Variable, Status: checkup.Failed, Found: oneLine(u.Reason.Error() + "; " + u.Instead),
			Do: "correct the parameter of that name, and deploy again"}
		if u.Variable == "WHYDENIED_ROUTES" {
			c.Do = "correct Routes, have whydenied routes check read them, and deploy again"
		}
		checks = append(checks, c)
	}
	return checks
}
