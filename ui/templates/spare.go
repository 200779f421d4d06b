package templates

import "strconv"

// spareRows is how many further rows a list of a form has for those without script, who have nothing to add one with. Where they are not
// enough, the form that comes back from a look at where it would go, or with a fault, has as many again.
const spareRows = 2

// spare are the numbers of those rows, behind the rows that there are.
func spare(rows, most int) (numbers []string) {
	for n := rows; n < min(rows+spareRows, most); n++ {
		numbers = append(numbers, strconv.Itoa(n))
	}
	return numbers
}
