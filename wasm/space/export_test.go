package space

// Size is how many rooms the graph holds, also such that are only named.
func (g *Graph) Size() int { return len(g.rooms) }
