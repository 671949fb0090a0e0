up:
	docker run x
	echo sudoku && systemctl restart y
