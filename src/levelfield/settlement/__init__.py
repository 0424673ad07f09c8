"""What follows under the agreement?"""
